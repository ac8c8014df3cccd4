"""WebSub: subscriptions at hubs, and the server for their callbacks."""
