"""What the outside reaches over HTTP: carrier webhooks, the API, the pages."""
