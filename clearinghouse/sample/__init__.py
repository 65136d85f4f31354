"""The sample federation: small nodes on loopback, with records of ours, to try everything out on."""
