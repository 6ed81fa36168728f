namespace stepdown {}
