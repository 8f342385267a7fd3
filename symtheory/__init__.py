"""Will deep networks learn this symmetry from data? A neural kernel theory."""
