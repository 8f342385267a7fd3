"""Networks of growing width against the infinitely wide one."""
