"""The check-up of somebody's address: asked for here, done by a worker, shown as it goes on."""
