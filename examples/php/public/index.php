<?php

declare(strict_types=1);

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
header('Content-Type: text/plain; charset=utf-8');

echo match ($path) {
    '/' => 'Hello from PHP ' . PHP_VERSION . "\n",
    '/health' => "ok\n",
    default => notFound(),
};

function notFound(): string
{
    http_response_code(404);
    return "Not found\n";
}
