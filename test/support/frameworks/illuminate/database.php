<?php
require_once 'Illuminate/Database/autoload.php';
require_once 'Illuminate/Filesystem/autoload.php';
require_once 'Illuminate/Events/autoload.php';

use Illuminate\Database\Capsule\Manager;
use Illuminate\Database\Eloquent\Model;

$url = parse_url(getenv('DATABASE_URL'));
$capsule = new Manager();
$capsule->addConnection([
    'driver' => 'pgsql', 'host' => $url['host'], 'database' => substr($url['path'], 1),
    'username' => $url['user'], 'password' => $url['pass'], 'schema' => 'public', 'search_path' => 'public',
]);
$capsule->setAsGlobal();
$capsule->bootEloquent();

class Product extends Model
{
    public $timestamps = false;
    protected $guarded = [];
    protected $table = 'products';
}
