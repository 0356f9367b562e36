int alpha;
