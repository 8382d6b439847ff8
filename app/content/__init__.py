"""What is said, for screen and paper alike."""
