"""Tell error pages, robot checks, consent and log-in walls from running text; pure."""
