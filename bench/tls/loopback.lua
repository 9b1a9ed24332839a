-- wrk looks up no name: it says the URL's in its handshake and connects to this machine.
function wrk.resolve(_, service)
  wrk.addrs = wrk.lookup("127.0.0.1", service)
end
