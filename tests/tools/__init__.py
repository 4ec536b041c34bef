"""Programs for whoever works on the project; not part of the product and not tests."""
