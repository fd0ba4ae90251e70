export const read = 'SELECT id, name, price, note, status FROM products ORDER BY id LIMIT 5';
