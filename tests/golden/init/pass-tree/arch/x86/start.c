int start;
