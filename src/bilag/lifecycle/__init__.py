"""Who does what when: the way of an Export Job, stage by stage, over ports."""
