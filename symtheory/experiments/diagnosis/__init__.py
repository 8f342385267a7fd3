"""What a diagnosis forecasts without training, beside networks that were trained."""
