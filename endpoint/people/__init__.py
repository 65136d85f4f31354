"""The pages of operators about people, organisations and nodes."""
