"""Templates of alert messages: sandbox, filters, validation; pure but for `process`.

`process` may start a process that renders the templates of subscribers.
"""
