"""Start, watch, restart and stop the processes of a pipeline. It starts processes only."""
