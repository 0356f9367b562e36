int o = option("alpha");
