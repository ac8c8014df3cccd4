"""WebSub: subscriptions at hubs and their callback server."""
