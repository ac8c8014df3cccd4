"""The processes of a pipeline on one machine: started, watched, restarted, stopped."""
