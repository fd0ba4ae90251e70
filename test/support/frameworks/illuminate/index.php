<?php
require 'database.php';

if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    Product::create(['name' => 'another']);
}
echo Product::query()->orderBy('id')->limit(5)->get(['id', 'name', 'price', 'note', 'status'])->toJson();
