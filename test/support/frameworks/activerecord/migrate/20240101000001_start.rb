class Start < ActiveRecord::Migration[7.0]
  def change
    create_enum :status, %w[draft active retired]
    create_table :products do |t|
      t.string :name, limit: 50, null: false
      t.integer :price, null: false, default: 0
      t.text :note
      t.enum :status, enum_type: :status, null: false, default: 'draft'
    end
    create_table :orders, id: :serial do |t|
      t.references :product, foreign_key: true, index: false
      t.integer :quantity, null: false, default: 1
    end
    create_table(:visits) { |t| t.text :path }
    add_check_constraint :orders, 'quantity > 0', name: 'positive', validate: false
    execute 'CREATE VIEW paths AS SELECT id FROM visits'
  end
end
