"""Places contacts: the gate, and later pacing, campaigns, the floor and SIP."""
