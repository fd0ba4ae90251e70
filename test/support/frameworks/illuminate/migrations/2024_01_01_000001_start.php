<?php
use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Schema;

return new class extends Migration {
    public function up()
    {
        Schema::create('products', function (Blueprint $table) {
            $table->id();
            $table->string('name', 50);
            $table->integer('price')->default(0);
            $table->text('note')->nullable();
            $table->enum('status', ['draft', 'active', 'retired'])->default('draft');
        });
        Schema::create('orders', function (Blueprint $table) {
            $table->increments('id');
            $table->foreignId('product_id')->nullable()->constrained('products');
            $table->integer('quantity')->default(1);
        });
        Schema::create('visits', function (Blueprint $table) {
            $table->id();
            $table->text('path')->nullable();
        });
        DB::statement('ALTER TABLE orders ADD CONSTRAINT positive CHECK (quantity > 0) NOT VALID');
        DB::statement('CREATE VIEW paths AS SELECT id FROM visits');
    }
};
