"""What holds for every answer, whatever it says: encodings, validators, limits (RFC 9110, RFC 6585)."""
