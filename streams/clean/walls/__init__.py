"""Recognize error pages, robot checks, consent and log-in walls by their words; pure."""
