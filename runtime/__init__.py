"""The engine: sources, watermarks, window steps, state, epochs, stores and the loop."""
