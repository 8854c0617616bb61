"""The sample that `make test` takes of an exhaustive table."""

from tests.sampling import CELLS, sample

TABLE = list(range(200))


def test_every_cell_of_a_table_can_be_drawn() -> None:
    drawn = {cell for seed in range(400) for cell in sample(TABLE, name="a table", seed=str(seed))}
    assert drawn == set(TABLE)


def test_one_seed_draws_the_same_cells_each_time() -> None:
    first, again = (sample(TABLE, name="a table", seed="1") for _ in range(2))
    assert first == again
    assert len(first) == CELLS


def test_a_small_table_is_run_whole() -> None:
    assert sample(TABLE[:CELLS], name="a table", seed="1") == TABLE[:CELLS]
