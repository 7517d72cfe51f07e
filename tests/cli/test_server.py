"""The server answers what it cannot read as our pages do."""

from tests.cli.processes import catalogue, environment, fetched, served


def test_an_address_that_is_too_long_gets_our_page_and_the_server_goes_on(tmp_path):
    env = environment(tmp_path, log="error")
    assert catalogue(env, "init").returncode == 0
    with served(env) as (_, address):
        assert fetched(f"{address}/search?q={'a' * 7000}")[0] in (200, 303)
        for sent in (f"search?q={'a' * 9000}", "zhang" * 20_000):
            status, page = fetched(f"{address}/{sent}")
            assert status == 414
            assert "地址过长 / The address is too long" in page
            assert "请减少检索词" in page
            assert '<a href="/">首页 / Home</a>' in page
            assert "zhang" not in page
        assert fetched(f"{address}/livez")[0] == 200
