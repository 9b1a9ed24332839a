package hello;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

public final class Main {
    private static final int STOP_WITHIN_SECONDS = 1;

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            boolean isRoot = exchange.getRequestURI().getPath().equals("/");
            answer(exchange, isRoot ? 200 : 404, isRoot ? "Hello from Java " + System.getProperty("java.version") : "Not found");
        });
        server.createContext("/health", exchange -> answer(exchange, 200, "ok"));
        // SIGTERM runs this; the machine ends when it returns.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(STOP_WITHIN_SECONDS)));
        server.start();
        System.out.println("listening on port " + port);
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }
}
