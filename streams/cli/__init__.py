"""The command line: one file per command, all reached through `streams.cli.main`."""
