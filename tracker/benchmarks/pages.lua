-- wrk: asks for the addresses of a file one after the other, as somebody who is logged in; tells the 95th percentile.
-- PAGES: file with one address a line. COOKIE: the session. PAUSE: milliseconds that a reader takes before the next page.
local addresses, at = {}, 0

function init(args)
  for line in io.lines(os.getenv("PAGES")) do addresses[#addresses + 1] = line end
  at = math.random(#addresses)
  wrk.headers["Cookie"] = os.getenv("COOKIE")
end

function request()
  at = at % #addresses + 1
  return wrk.format("GET", addresses[at])
end

if tonumber(os.getenv("PAUSE")) > 0 then
  function delay() return tonumber(os.getenv("PAUSE")) end
end

function done(summary, latency, requests)
  local wrong = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("\nP95 %.2f P50 %.2f N %d WRONG %d\n", latency:percentile(95) / 1000, latency:percentile(50) / 1000, summary.requests, wrong))
end
