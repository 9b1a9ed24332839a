# frozen_string_literal: true

require "socket"

PORT = Integer(ENV.fetch("PORT", "8080"))
ANSWERS = { "/" => "Hello from Ruby #{RUBY_VERSION}\n", "/health" => "ok\n" }.freeze

def answer(client)
  path = client.gets.to_s.split[1]
  nil until client.gets.to_s.strip.empty?
  status = ANSWERS.key?(path) ? "200 OK" : "404 Not Found"
  body = ANSWERS.fetch(path, "Not found\n")
  client.write "HTTP/1.1 #{status}\r\nContent-Type: text/plain; charset=utf-8\r\n" \
               "Content-Length: #{body.bytesize}\r\nConnection: close\r\n\r\n#{body}"
ensure
  client.close
end

server = TCPServer.new("0.0.0.0", PORT)
trap("TERM") { exit }
$stdout.sync = true
puts "listening on port #{PORT}"
loop do
  Thread.new(server.accept) { |client| answer(client) }
end
