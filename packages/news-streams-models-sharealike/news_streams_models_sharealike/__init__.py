"""Models of names for News Streams, trained on share-alike text too: CC BY-SA 4.0, data only."""
