"""Operations: metrics, packaging, servers."""
