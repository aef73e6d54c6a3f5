"""What is sent and what is answered, one file a noun. The types validate, and the contract is made from them."""
