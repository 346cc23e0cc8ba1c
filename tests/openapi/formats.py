"""What Schemathesis cannot make up by itself: it puts letters and digits into headers, nothing else."""

import schemathesis
from hypothesis import strategies

schemathesis.openapi.format("user-actor", strategies.uuids(version=4).map(lambda user: f"user:{user}"))

tags = strategies.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=22)
schemathesis.openapi.format("entity-tag", strategies.just("*") | tags.map(lambda tag: f'"{tag}"'))
