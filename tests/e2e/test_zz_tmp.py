def test_fails_on_purpose(live):
    live.open()
    assert False
def test_complains_on_purpose(live):
    live.open()
    live.page.evaluate("console.error('on purpose')")
    live.page.evaluate("(() => { const s = document.createElement('script'); s.textContent = '1'; document.head.append(s); })()")
