"""What Schemathesis cannot make up by itself: it puts letters and digits into headers, nothing else."""

import schemathesis
from hypothesis import strategies

schemathesis.openapi.format("user-actor", strategies.uuids(version=4).map(lambda user: f"user:{user}"))
