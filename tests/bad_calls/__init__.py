"""Bad and odd calls of every public function: what is handed in, and what may come of it."""
