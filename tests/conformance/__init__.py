"""What every ledger does, whatever it is kept on: one suite over all of them."""
