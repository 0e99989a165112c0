"""The metrics: whoever looks one up finds them all registered."""

from data.metrics import flow as flow
from data.metrics import posts as posts
