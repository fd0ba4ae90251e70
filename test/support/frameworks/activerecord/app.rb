require 'active_record'
require 'json'
require 'webrick'
require_relative 'boot'

ActiveRecord::Base.establish_connection(ENV.fetch('DATABASE_URL'))
ActiveRecord::Migration.verbose = false
ActiveRecord::SchemaDumper.ignore_tables = []

class Product < ActiveRecord::Base
  self.table_name = 'products'
end

def migrate
  pool = ActiveRecord::Base.connection_pool
  ActiveRecord::MigrationContext.new('migrate', pool.schema_migration, pool.internal_metadata).migrate
end

boot
server = WEBrick::HTTPServer.new(Port: 8080, AccessLog: [])
server.mount_proc('/') do |request, response|
  Product.create!(name: 'another') if request.request_method == 'POST'
  response.body = Product.order(:id).limit(5).map(&:attributes).to_json
ensure
  ActiveRecord::Base.connection_handler.clear_active_connections!
end
trap('TERM') { server.shutdown }
server.start
