"""What commands print: console, tables, progress, errors and the help of groups."""
