"""A real browser against a real server: uvicorn and the pipeline as processes of their own."""
