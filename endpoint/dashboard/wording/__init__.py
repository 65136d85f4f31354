"""What the operators' pages say of states, questions, rules and refusals, in the reader's language."""
