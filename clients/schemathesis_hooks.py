"""How made-up bodies are written down that are no JSON: as the text that they are."""

import schemathesis

schemathesis.serializer.alias(
    [
        "application/x-ndjson",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ],
    "text/plain",
)
